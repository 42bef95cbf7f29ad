//! Aliases of a machine: names that lead to one version, or share executions between two.

use std::sync::Arc;

use atlas_core::Timestamp;

use crate::{
    engine::Engine,
    error::EngineError,
    machines::Kept,
    qualified_arn::{QualifiedArn, Qualifier},
    versions::Published,
};

/// As many aliases as a machine may have (AWS: quotas of Step Functions).
const MOST_ALIASES: usize = 100;

/// A name that leads to versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Its ARN: the machine's, and its name.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// What is said of it.
    pub description: Option<Arc<str>>,
    /// Where it leads: one or two versions of one machine.
    pub routes: Vec<Route>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last updated, or created.
    pub updated_at: Timestamp,
    /// Its place among the aliases of its machine.
    pub sequence: u64,
}

/// A version that an alias leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The version.
    pub version_arn: Arc<str>,
    /// How many of a hundred executions it gets.
    pub weight: u32,
}

/// What to change about an alias; what is absent stays.
#[derive(Debug, Default)]
pub struct AliasUpdate<'a> {
    /// Another description.
    pub description: Option<&'a str>,
    /// Other routes.
    pub routes: Option<Vec<Route>>,
}

impl Engine {
    /// Adds an alias to the machine whose versions it leads to. The same alias may be added again.
    pub fn create_alias(
        &self,
        name: &str,
        description: Option<&str>,
        routes: Vec<Route>,
    ) -> Result<Arc<Alias>, EngineError> {
        let machine_arn = check_routes(&routes)?.to_owned();
        let now = self.now();
        self.inner.machines.with_kept(&machine_arn, |kept| {
            kept.check_versions(&routes)?;
            let arn: Arc<str> = format!("{machine_arn}:{name}").into();
            let aliases = &mut kept.published.aliases;
            if let Some(known) = aliases.get(name) {
                let is_same = known.routes == routes && known.description.as_deref() == description;
                return if is_same {
                    Ok(Arc::clone(known))
                } else {
                    // AWS's words for another description, too.
                    Err(EngineError::Conflict(
                        "Failed to create alias because an alias with the same name and a \
                         different routing configuration already exists."
                            .to_owned(),
                    ))
                };
            }
            if aliases.len() >= MOST_ALIASES {
                return Err(EngineError::ServiceQuotaExceeded(format!(
                    "State machine `{machine_arn}` has {MOST_ALIASES} aliases; delete those that \
                     are not used"
                )));
            }
            let alias = Arc::new(Alias {
                arn,
                name: name.into(),
                description: description.map(Into::into),
                routes,
                created_at: now,
                updated_at: now,
                sequence: aliases.values().map(|alias| alias.sequence + 1).max().unwrap_or(0),
            });
            aliases.insert(name.into(), Arc::clone(&alias));
            self.inner.keep_machine(&machine_arn, Some(kept))?;
            Ok(alias)
        })
    }

    /// Changes an alias. Executions that run keep their version.
    pub fn update_alias(
        &self,
        alias_arn: &str,
        update: AliasUpdate<'_>,
    ) -> Result<Arc<Alias>, EngineError> {
        let AliasUpdate { description, routes } = update;
        if let Some(routes) = &routes {
            let machine_arn = check_routes(routes)?;
            if machine_arn != QualifiedArn::parse(alias_arn).machine_arn {
                return Err(unfit(
                    "Routing configuration must contain versions of the alias's own state machine"
                        .to_owned(),
                ));
            }
        }
        let now = self.now();
        self.with_aliases(alias_arn, |kept, name| {
            if let Some(routes) = &routes {
                kept.check_versions(routes)?;
            }
            let Some(known) = kept.published.aliases.get_mut(name) else {
                return Err(EngineError::ResourceNotFound(alias_arn.to_owned()));
            };
            let mut changed = (**known).clone();
            if let Some(description) = description {
                changed.description = Some(description.into());
            }
            if let Some(routes) = routes {
                changed.routes = routes;
            }
            if changed != **known {
                *known = Arc::new(Alias { updated_at: now, ..changed });
            }
            let alias = Arc::clone(known);
            self.inner.keep_machine(&kept.current.arn, Some(kept))?;
            Ok(alias)
        })
    }

    /// The alias of this ARN.
    pub fn alias(&self, alias_arn: &str) -> Result<Arc<Alias>, EngineError> {
        self.with_aliases(alias_arn, |kept, name| {
            let found = kept.published.aliases.get(name).map(Arc::clone);
            found.ok_or_else(|| EngineError::ResourceNotFound(alias_arn.to_owned()))
        })
    }

    /// The aliases of a machine in the order in which they were created.
    pub fn aliases(&self, machine_arn: &str) -> Result<Vec<Arc<Alias>>, EngineError> {
        self.inner.machines.with_kept(machine_arn, |kept| {
            let mut aliases: Vec<_> = kept.published.aliases.values().map(Arc::clone).collect();
            // Recorded (test_sfn_api_aliasing, pagination): AWS's documentation says the opposite.
            aliases.sort_by_key(|alias| alias.sequence);
            Ok(aliases)
        })
    }

    /// Deletes an alias, if there is one.
    pub fn delete_alias(&self, alias_arn: &str) -> Result<(), EngineError> {
        let deleted = self.with_aliases(alias_arn, |kept, name| {
            if kept.published.aliases.remove(name).is_some() {
                self.inner.keep_machine(&kept.current.arn, Some(kept))?;
            }
            Ok(())
        });
        match deleted {
            // Recorded (test_sfn_api_aliasing, delete_no_such_alias_arn): it is no fault if there is none.
            Err(EngineError::ResourceNotFound(_)) => Ok(()),
            other => other,
        }
    }

    fn with_aliases<T>(
        &self,
        alias_arn: &str,
        work: impl FnOnce(&mut Kept, &str) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let not_found = || EngineError::ResourceNotFound(alias_arn.to_owned());
        let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(alias_arn);
        let Some(Qualifier::Alias(name)) = qualifier else { return Err(not_found()) };
        let worked = self.inner.machines.with_kept(machine_arn, |kept| work(kept, name));
        worked.map_err(|error| match error {
            EngineError::StateMachineDoesNotExist(_) => not_found(),
            other => other,
        })
    }
}

impl Alias {
    /// The version that an execution gets; `draw` is a number below 100.
    pub(crate) fn route(&self, draw: u32) -> Option<&Route> {
        let mut below = 0;
        self.routes.iter().find(|route| {
            below += route.weight;
            draw < below
        })
    }
}

impl Kept {
    fn check_versions(&self, routes: &[Route]) -> Result<(), EngineError> {
        let Published { versions, .. } = &self.published;
        let is_known =
            |route: &Route| versions.values().any(|version| version.arn == route.version_arn);
        match routes.iter().find(|route| !is_known(route)) {
            Some(missing) => Err(EngineError::ResourceNotFound(missing.version_arn.to_string())),
            None => Ok(()),
        }
    }
}

/// Says what is wrong with routes as such; answers with the machine that they lead to.
///
/// The texts are recorded (test_sfn_api_aliasing, create_alias_invalid_router_configs, and in 2026).
fn check_routes(routes: &[Route]) -> Result<&str, EngineError> {
    let listed = || {
        let arns: Vec<&str> = routes.iter().map(|route| &*route.version_arn).collect();
        format!("[{}]", arns.join(", "))
    };
    let refused = |message: String| Err(unfit(message));
    let versions: Vec<QualifiedArn<'_>> =
        routes.iter().map(|route| QualifiedArn::parse(&route.version_arn)).collect();
    if versions.iter().any(|arn| !matches!(arn.qualifier, Some(Qualifier::Version(_)))) {
        return refused(format!(
            "Routing configuration must contain state machine version ARNs. Received: {}",
            listed()
        ));
    }
    if versions.windows(2).any(|pair| pair[0] == pair[1]) {
        return refused(format!(
            "Routing configuration must contain distinct state machine version ARNs. Received: {}",
            listed()
        ));
    }
    if versions.windows(2).any(|pair| pair[0].machine_arn != pair[1].machine_arn) {
        return refused(format!(
            "Routing configuration must contain state machine version ARNs for the same state \
             machine. Received: {}",
            listed()
        ));
    }
    if routes.iter().map(|route| route.weight).sum::<u32>() != 100 {
        let weights: Vec<String> = routes.iter().map(|route| route.weight.to_string()).collect();
        return refused(format!(
            "Sum of routing configuration weights must equal 100. Received: [{}]",
            weights.join(", ")
        ));
    }
    let first = versions.first().map(|arn| arn.machine_arn);
    first.ok_or_else(|| unfit("Routing configuration is empty".to_owned()))
}

fn unfit(message: String) -> EngineError {
    EngineError::Unfit { message, reason: "INVALID_ROUTING_CONFIGURATION" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_shares_executions_by_weight() {
        let route = |version: &str, weight| Route { version_arn: version.into(), weight };
        let alias = |routes| Alias {
            arn: "a".into(),
            name: "a".into(),
            description: None,
            routes,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            sequence: 0,
        };
        let shared = alias(vec![route("one", 30), route("two", 70)]);
        for (draw, version) in [(0, "one"), (29, "one"), (30, "two"), (99, "two")] {
            assert_eq!(shared.route(draw).map(|route| &*route.version_arn), Some(version));
        }
        let unused = alias(vec![route("one", 0), route("two", 100)]);
        assert_eq!(unused.route(0).map(|route| &*route.version_arn), Some("two"));
    }
}
