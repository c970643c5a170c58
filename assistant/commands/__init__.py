"""What the command line does: the one place that knows every room. Heavy imports wait until a command runs."""
