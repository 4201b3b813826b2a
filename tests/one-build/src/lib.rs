//! Nothing but dependencies: those by which a build with tests switches on features of libraries that the functions
//! use too. The functions of a developer's machine are built together with this crate, so that they and the
//! tests share one build of every library. Without it most of them, the SDK above all, are compiled twice.
