"""The sandbox: an embedded AWS, the served app, its pollers and a Traffic Center of our own, on loopback alone."""
