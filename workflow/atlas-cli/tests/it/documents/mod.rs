//! Every command that README.md and the pages of docs/ show works as it stands there.

mod page;

mod place;

mod pages;

mod runbook;

mod extending;
