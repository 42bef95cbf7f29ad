//! The roles of the deployment template, held to what functions and machines really call. Everything is in the tests.
