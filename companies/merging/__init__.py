"""Two records of one company become one, and can be parted again (docs/companies.md)."""
