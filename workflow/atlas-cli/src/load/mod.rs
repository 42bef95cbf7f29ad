//! Many leads at once while services fail, and what became of each.

mod leads;

mod sandbox_process;

mod storm;

mod verdict;

pub(crate) use self::{
    leads::MOST_LEADS,
    sandbox_process::SandboxProcess,
    storm::{Storm, weather},
    verdict::Verdict,
};
