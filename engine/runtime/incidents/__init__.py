"""Reports and the incidents they make."""
