"""What changes requests, places and placements: one typed function an action, one transaction each."""
