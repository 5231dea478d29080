"""Pages about matching: rounds and runs and decisions for coordinators, how it works for everybody."""
