"""What apps on higher floors may want to know about companies."""

from django.dispatch import Signal

# Sent inside the transaction in which a company's point changed; argument: company.
company_moved = Signal()
