"""What a step is: its input and output checked, and the connection that it works with."""
