"""What every room stands on: no Flask, no other room."""
