//! Graphviz. Parallel and Map are clusters; an edge to one ends at its border but points at the
//! first state inside, as Graphviz has no edges between clusters.

use atlas_asl::model::StateType;

use super::{
    Graph,
    structure::{Kind, Node, Road},
};
use crate::label::fit;

/// Longer labels than this are cut.
const MAX_LABEL: usize = 100;

/// The digraph.
pub(super) fn render(graph: &Graph) -> String {
    let mut out = String::from(
        "digraph machine {\n  compound=true;\n  fontname=\"sans-serif\";\n  fontsize=11;\n  node [fontname=\"sans-serif\", fontsize=11];\n  \
         edge [fontname=\"sans-serif\", fontsize=9];\n",
    );
    let mut depth = 1;
    let mut steps = vec![Step::Group(0)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Group(index) => {
                let group = &graph.groups[index];
                if index == 0 && group.start.is_some() {
                    let text =
                        format!("g{index}_start [shape=point, width=0.15, xlabel=\"start\"];");
                    line(&mut out, depth, &text);
                }
                if group.nodes.iter().any(|node| graph.nodes[*node].ends) {
                    let text =
                        format!("g{index}_end [shape=doublecircle, label=\"end\", fontsize=8];");
                    line(&mut out, depth, &text);
                }
                steps.extend(group.nodes.iter().rev().map(|node| Step::Node(*node)));
            }
            Step::Node(index) => {
                let node = &graph.nodes[index];
                if node.groups.is_empty() {
                    let text = format!("s{index} [{}, label={}];", shape(node.kind), caption(node));
                    line(&mut out, depth, &text);
                    continue;
                }
                line(&mut out, depth, &format!("subgraph cluster_s{index} {{"));
                depth += 1;
                line(&mut out, depth, &format!("label={}; style=rounded;", caption(node)));
                steps.push(Step::Close);
                steps.extend(node.groups.iter().rev().map(|group| Step::Inner(*group)));
            }
            Step::Inner(index) => {
                let group = &graph.groups[index];
                line(&mut out, depth, &format!("subgraph cluster_g{index} {{"));
                depth += 1;
                line(&mut out, depth, &format!("label={}; style=dashed;", quote(&group.label)));
                if group.nodes.is_empty() {
                    line(&mut out, depth, &format!("g{index}_empty [shape=point, style=invis];"));
                }
                steps.push(Step::Close);
                steps.push(Step::Group(index));
            }
            Step::Close => {
                depth -= 1;
                line(&mut out, depth, "}");
            }
        }
    }
    edges(graph, &mut out);
    out.push_str("}\n");
    out
}

enum Step {
    Group(usize),
    Node(usize),
    Inner(usize),
    Close,
}

fn line(out: &mut String, depth: usize, text: &str) {
    // Indentation is for readers; past a dozen levels it would only be weight.
    out.extend(std::iter::repeat_n("  ", depth.min(12)));
    out.push_str(text);
    out.push('\n');
}

fn edges(graph: &Graph, out: &mut String) {
    let anchors = anchors(graph);
    if let Some(start) = graph.groups.first().and_then(|group| group.start) {
        let head = end_at_border("lhead", graph, start);
        line(out, 1, &format!("g0_start -> {}{};", anchors[start].0, bracketed(&head)));
    }
    for edge in &graph.edges {
        let mut attributes = match edge.road {
            Road::Next => Vec::new(),
            Road::Choice | Road::Otherwise => vec![format!("label={}", quote(&edge.label))],
            Road::Catch => {
                let label = quote(&format!("Catch {}", edge.label));
                vec!["style=dashed".to_owned(), format!("label={label}")]
            }
        };
        attributes.extend(end_at_border("ltail", graph, edge.from));
        attributes.extend(end_at_border("lhead", graph, edge.to));
        let (from, to) = (&anchors[edge.from].1, &anchors[edge.to].0);
        line(out, 1, &format!("{from} -> {to}{};", bracketed(&attributes)));
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        if node.ends {
            let tail = bracketed(&end_at_border("ltail", graph, index));
            line(out, 1, &format!("{} -> g{}_end{tail};", anchors[index].1, node.group));
        }
    }
}

/// Lets an edge end at the cluster's border rather than at the state inside.
fn end_at_border(side: &str, graph: &Graph, node: usize) -> Vec<String> {
    if graph.nodes[node].groups.is_empty() {
        Vec::new()
    } else {
        vec![format!("{side}=cluster_s{node}")]
    }
}

fn bracketed(attributes: &[String]) -> String {
    if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) }
}

/// Per node, the ids where edges enter and leave it: itself, or the first state and the end marker
/// of the first group inside it.
fn anchors(graph: &Graph) -> Vec<(String, String)> {
    let mut anchors: Vec<(String, String)> =
        (0..graph.nodes.len()).map(|node| (format!("s{node}"), format!("s{node}"))).collect();
    // What is inside has a higher index than what is around it.
    for (index, node) in graph.nodes.iter().enumerate().rev() {
        let Some(group) = node.groups.first() else { continue };
        let inside = &graph.groups[*group];
        let Some(first) = inside.start.or(inside.nodes.first().copied()) else {
            anchors[index] = (format!("g{group}_empty"), format!("g{group}_empty"));
            continue;
        };
        let leave = if inside.nodes.iter().any(|node| graph.nodes[*node].ends) {
            format!("g{group}_end")
        } else {
            anchors[first].1.clone()
        };
        anchors[index] = (anchors[first].0.clone(), leave);
    }
    anchors
}

const fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::State(StateType::Task) => "shape=box, style=rounded",
        Kind::State(StateType::Pass) => "shape=parallelogram",
        Kind::State(StateType::Choice) => "shape=diamond",
        Kind::State(StateType::Wait) => "shape=box, style=\"rounded,diagonals\"",
        Kind::State(StateType::Succeed) => "shape=ellipse, peripheries=2",
        Kind::State(StateType::Fail) => "shape=octagon",
        Kind::State(StateType::Parallel | StateType::Map) => "shape=box3d",
        Kind::Missing => "shape=note, style=dashed",
    }
}

fn caption(node: &Node) -> String {
    let mut second = node.kind.word().to_owned();
    if !node.detail.is_empty() {
        second.push_str(", ");
        second.push_str(&escape(&node.detail));
    }
    format!("\"{}\\n{second}\"", escape(&node.name))
}

fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Graphviz knows `\N`, `\G` and the like, so a backslash of a name is doubled; `&` would begin an
/// entity.
fn escape(text: &str) -> String {
    fit(text, MAX_LABEL).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::graph::samples;

    #[test]
    fn the_lead_machine_as_a_digraph() {
        expect![[r#"
            digraph machine {
              compound=true;
              fontname="sans-serif";
              fontsize=11;
              node [fontname="sans-serif", fontsize=11];
              edge [fontname="sans-serif", fontsize=9];
              g0_start [shape=point, width=0.15, xlabel="start"];
              g0_end [shape=doublecircle, label="end", fontsize=8];
              s0 [shape=diamond, label="CheckLead\nChoice"];
              s1 [shape=octagon, label="InvalidLead\nFail, Input.Invalid"];
              subgraph cluster_s2 {
                label="Prepare\nParallel"; style=rounded;
                subgraph cluster_g1 {
                  label="branch 1"; style=dashed;
                  g1_end [shape=doublecircle, label="end", fontsize=8];
                  s7 [shape=box, style=rounded, label="CreateLead\nTask, lambda:invoke"];
                }
                subgraph cluster_g2 {
                  label="branch 2"; style=dashed;
                  g2_end [shape=doublecircle, label="end", fontsize=8];
                  s8 [shape=box, style=rounded, label="GenerateScenario\nTask, lambda:invoke"];
                  s9 [shape=parallelogram, label="UseTemplateScenario\nPass"];
                }
                subgraph cluster_g3 {
                  label="branch 3"; style=dashed;
                  g3_end [shape=doublecircle, label="end", fontsize=8];
                  s10 [shape=parallelogram, label="PrepareCallContext\nPass"];
                }
              }
              s3 [shape=box, style=rounded, label="StartCall\nTask, states:startExecution"];
              s4 [shape=ellipse, peripheries=2, label="CallAlreadyStarted\nSucceed"];
              s5 [shape=box, style=rounded, label="ParkLead\nTask, dynamodb:putItem"];
              s6 [shape=octagon, label="LeadParked\nFail, Lead.Parked"];
              g0_start -> s0;
              s0 -> s7 [label="$exists($states.input.lead.phone)", lhead=cluster_s2];
              s0 -> s1 [label="otherwise"];
              g1_end -> s3 [ltail=cluster_s2];
              g1_end -> s5 [style=dashed, label="Catch States.ALL", ltail=cluster_s2];
              s3 -> s4 [style=dashed, label="Catch StepFunctions.ExecutionAlreadyExistsException"];
              s3 -> s5 [style=dashed, label="Catch States.ALL"];
              s5 -> s6;
              s8 -> s9 [style=dashed, label="Catch States.ALL"];
              s3 -> g0_end;
              s7 -> g1_end;
              s8 -> g2_end;
              s9 -> g2_end;
              s10 -> g3_end;
            }
        "#]]
        .assert_eq(&render(&Graph::of(&samples::lead())));
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        expect![[r##"
            digraph machine {
              compound=true;
              fontname="sans-serif";
              fontsize=11;
              node [fontname="sans-serif", fontsize=11];
              edge [fontname="sans-serif", fontsize=9];
              g0_start [shape=point, width=0.15, xlabel="start"];
              g0_end [shape=doublecircle, label="end", fontsize=8];
              s0 [shape=diamond, label="end\nChoice"];
              s1 [shape=parallelogram, label="quote\" --> x[\nPass"];
              s2 [shape=parallelogram, label="<script>alert(1)</script>&amp;amp;\nPass"];
              s3 [shape=parallelogram, label="back\\slash \\N\nPass"];
              s4 [shape=parallelogram, label="#35; %% `md` ;\nPass"];
              s5 [shape=parallelogram, label="\\u{1b}[31m\\u{202e}電話 📞\nPass"];
              s6 [shape=parallelogram, label="]]>\nPass"];
              subgraph cluster_s7 {
                label="subgraph\\nend\nMap"; style=rounded;
                subgraph cluster_g1 {
                  label="each item"; style=dashed;
                  g1_end [shape=doublecircle, label="end", fontsize=8];
                  s8 [shape=parallelogram, label="class\nPass"];
                }
              }
              g0_start -> s0;
              s0 -> s1 [label="$a = \"x\" &amp; `y` %%"];
              s0 -> s8 [label="otherwise", lhead=cluster_s7];
              s1 -> s2;
              s2 -> s3;
              s3 -> s4;
              s4 -> s5;
              s5 -> s6;
              s6 -> g0_end;
              g1_end -> g0_end [ltail=cluster_s7];
              s8 -> g1_end;
            }
        "##]]
        .assert_eq(&render(&Graph::of(&samples::hostile())));
    }
}
