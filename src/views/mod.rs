//! What somebody looks at: one struct a view, read in one snapshot of the
//! store. Terminal, JSON and pages show the same struct.
