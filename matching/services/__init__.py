"""What changes rounds: opening and finishing them, runs, decisions."""
