"""What can be recommended, and how it is found and ranked."""
