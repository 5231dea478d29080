"""Pages of schools, one file a kind of page."""
