// A node without label or property, which leaves no name behind; to be taken back.
// params:
// returns: nothing
// access: write
CREATE ()
