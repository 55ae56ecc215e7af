"""What a picture reveals, what guards the promise, what is kept on this machine, and what can be set."""
