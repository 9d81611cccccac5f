//! Tests of the duties.
