"""Places up to date: the question "still right?" on the site and by mail, what a place brings, tip cards."""
