"""The acts that place most students."""
