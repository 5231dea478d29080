"""Reports of shortages."""
