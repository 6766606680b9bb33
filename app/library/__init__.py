"""Public reading: home, questions, contributions, volumes, pages."""
