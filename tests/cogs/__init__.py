"""The features on a simulated Discord."""
