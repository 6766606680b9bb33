"""Co-authors: asked to confirm, and allowed to edit or not."""
