//! An engine with its journal on disk, its machines and their handlers, as a process that is killed by the
//! tests beside it, or that dies by itself where they cannot see it: around a fact, or when something is
//! about to leave it.
//!
//! It tells on standard output where it is reached, and each of those moments. Its own end is that of
//! its standard input.

#![expect(clippy::print_stdout, reason = "whoever starts it reads what it tells")]

use std::{
    env,
    error::Error,
    io::{self, Read as _},
    path::Path,
    process,
    sync::{Arc, Mutex},
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Event, Identity};
use atlas_engine::{
    Person, PersonalRecords, Place, Time,
    archive::{Archive, KeptPlace},
    journal::{Introduction, Journal, JournalError, Journals, NewFact, Refusing, Settling, Shelf},
};
use atlas_journal::Store;
use atlas_local::{Code, Deployment, Services, Setup, outside_services};
use handlers::functions::Handler;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let deployment = Deployment::start(setup()?).await?;
        println!("ready on {}", deployment.url());
        let ended = tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
        ended.await??;
        process::exit(0)
    })
}

fn setup() -> Result<Setup, Box<dyn Error>> {
    let services = env::var("ENGINE_SERVICES")?;
    let mut variables: Vec<(String, String)> =
        serde_json::from_str(&env::var("ENGINE_VARIABLES")?)?;
    // Handlers reach the engine as they reach everything else.
    variables.push(("AWS_ENDPOINT_URL_SFN".to_owned(), services.clone()));
    let names = env::var("ENGINE_HANDLERS")?;
    let is_there = |handler: &Handler| names.split(',').any(|name| name == handler.name());
    let store = Store::open(Path::new(&env::var("ENGINE_FOLDER")?))?;
    let life = Arc::new(Life { end: env::var("ENGINE_END").ok(), past: Mutex::default() });
    Ok(Setup {
        services: Services::Elsewhere(outside_services::environment_at(&services, None)),
        code: Code::InProcess,
        handlers: Handler::ALL.into_iter().filter(is_there).collect(),
        variables,
        time: Time::SkippingWaits,
        journals: Some(Arc::new(MortalStore { store, life })),
        ..Setup::default()
    })
}

/// What has happened, and at which moment the process dies.
struct Life {
    end: Option<String>,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    facts: usize,
    departures: usize,
}

impl Life {
    /// A moment has come, perhaps the last.
    fn reach(&self, moment: &str) {
        if self.end.as_deref() == Some(moment) {
            process::abort();
        }
        println!("{moment}");
    }

    fn reach_departure(&self) {
        let mut past = self.past.lock().expect("nothing panics with it");
        past.departures += 1;
        self.reach(&format!("departure {}", past.departures));
    }
}

struct MortalStore {
    store: Store,
    life: Arc<Life>,
}

impl Journals for MortalStore {
    fn of(&self, place: &Place) -> Arc<dyn Journal> {
        Arc::new(Mortal { journal: self.store.of(place), life: Arc::clone(&self.life) })
    }

    fn kept(&self) -> Result<Vec<(Place, KeptPlace)>, JournalError> {
        self.store.kept()
    }

    fn find_person(&self, person: &mut Person) -> Result<PersonalRecords, JournalError> {
        self.store.find_person(person)
    }

    fn erase_person(&self, person: &Person, found: &PersonalRecords) -> Result<(), JournalError> {
        self.store.erase_person(person, found)
    }
}

/// A journal that has committed a fact when it has taken it, so that the process can die just before and
/// just after.
struct Mortal {
    journal: Arc<dyn Journal>,
    life: Arc<Life>,
}

impl Mortal {
    fn settle(&self) {
        let settling = self.journal.settled();
        // Not in the runtime of whoever asks, which cannot wait here.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime.expect("a runtime without anything").block_on(settling);
            });
        });
    }

    fn take(
        &self,
        identity: &Identity,
        event: &Event,
        take: impl FnOnce() -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        if identity.execution_type != ExecutionType::Standard {
            return take();
        }
        let mut past = self.life.past.lock().expect("nothing panics with it");
        past.facts += 1;
        let fact = format!("{:?}", event.fact);
        let name = fact.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        let number = past.facts;
        self.settle();
        self.life.reach(&format!("before {name} {number}"));
        take()?;
        self.settle();
        self.life.reach(&format!("after {name} {number}"));
        Ok(())
    }
}

impl Journal for Mortal {
    fn begin(&self, execution: &Introduction<'_>, event: &Event) -> Result<(), JournalError> {
        self.take(execution.identity, event, || self.journal.begin(execution, event))
    }

    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError> {
        self.take(fact.identity, fact.event, || self.journal.append(fact))
    }

    fn keep(&self, shelf: Shelf, name: &str, document: Option<String>) -> Result<(), JournalError> {
        self.journal.keep(shelf, name, document)
    }

    fn archive(&self) -> Option<&dyn Archive> {
        self.journal.archive()
    }

    fn settled(&self) -> Settling {
        self.life.reach_departure();
        self.journal.settled()
    }

    fn refused(&self) -> Refusing {
        self.journal.refused()
    }
}
