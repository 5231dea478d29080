"""What happens to placements, for whoever has to act on it in the same transaction."""

from django.dispatch import Signal

# Sent by `placements.services.transitions` for each move of one placement, its place and itself locked; arguments: placement, step.
placement_moved = Signal()
# Sent in the transaction in which somebody stops mails about places; argument: user (key).
place_mails_stopped = Signal()
