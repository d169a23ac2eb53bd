"""What runs: the doorbell, the intake, the followers, the service and the commands."""

import gc

gc.set_threshold(50_000)
"""What is imported stays: of a command that answers in 150 ms, looking for garbage among it took 12."""
