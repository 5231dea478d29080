"""The work list of scouts, their leads, and their results."""
