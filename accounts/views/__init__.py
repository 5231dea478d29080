"""Pages of accounts, one file a kind of page."""
