"""What runs: the doorbell, the intake, the followers, the service and the commands."""
