//! What AWS answers to requests that are none.
