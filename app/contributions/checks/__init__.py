"""What an author is told about an essay before handing it in."""
