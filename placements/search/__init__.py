"""Finding a place: the query in the URL, the rows around a point, their facets, and what to offer when there are too few."""
