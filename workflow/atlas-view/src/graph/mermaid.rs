//! A Mermaid flowchart. Ids are ours and every label is quoted and escaped, so no state name can
//! end a quote, start a comment or be taken for a keyword.

use atlas_asl::model::StateType;

use super::{
    Graph,
    structure::{Kind, Node, Road},
};
use crate::label::fit;

/// Longer labels than this are cut.
const MAX_LABEL: usize = 100;

/// The flowchart.
pub(super) fn render(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    let mut steps = vec![Step::Group(0)];
    let mut depth = 1;
    while let Some(step) = steps.pop() {
        match step {
            Step::Group(index) => {
                let group = &graph.groups[index];
                if group.start.is_some() {
                    line(&mut out, depth, &format!("g{index}_start((\"start\"))"));
                }
                if group.nodes.iter().any(|node| graph.nodes[*node].ends) {
                    line(&mut out, depth, &format!("g{index}_end(((\"end\")))"));
                }
                steps.extend(group.nodes.iter().rev().map(|node| Step::Node(*node)));
            }
            Step::Node(index) => {
                let node = &graph.nodes[index];
                if node.groups.is_empty() {
                    line(&mut out, depth, &shape(index, node));
                    continue;
                }
                line(&mut out, depth, &format!("subgraph s{index}[\"{}\"]", caption(node)));
                steps.push(Step::Close);
                depth += 1;
                steps.extend(node.groups.iter().rev().map(|group| Step::Inner(*group)));
            }
            Step::Inner(index) => {
                let label = escape(&graph.groups[index].label);
                line(&mut out, depth, &format!("subgraph g{index}[\"{label}\"]"));
                depth += 1;
                steps.push(Step::Close);
                steps.push(Step::Group(index));
            }
            Step::Close => {
                depth -= 1;
                line(&mut out, depth, "end");
            }
        }
    }
    edges(graph, &mut out);
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
    for (index, group) in graph.groups.iter().enumerate() {
        if let Some(start) = group.start {
            line(out, 1, &format!("g{index}_start --> s{start}"));
        }
    }
    for edge in &graph.edges {
        let (from, to) = (edge.from, edge.to);
        let text = match edge.road {
            Road::Next => format!("s{from} --> s{to}"),
            Road::Choice | Road::Otherwise if edge.label.is_empty() => format!("s{from} --> s{to}"),
            Road::Choice | Road::Otherwise => {
                format!("s{from} -->|\"{}\"| s{to}", escape(&edge.label))
            }
            Road::Catch => format!("s{from} -.->|\"Catch {}\"| s{to}", escape(&edge.label)),
        };
        line(out, 1, &text);
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        if node.ends {
            line(out, 1, &format!("s{index} --> g{}_end", node.group));
        }
    }
}

fn shape(index: usize, node: &Node) -> String {
    let caption = caption(node);
    match node.kind {
        Kind::State(StateType::Task | StateType::Parallel | StateType::Map) => {
            format!("s{index}[\"{caption}\"]")
        }
        Kind::State(StateType::Pass) => format!("s{index}[/\"{caption}\"/]"),
        Kind::State(StateType::Choice) => format!("s{index}{{\"{caption}\"}}"),
        Kind::State(StateType::Wait) => format!("s{index}([\"{caption}\"])"),
        Kind::State(StateType::Succeed) => format!("s{index}((\"{caption}\"))"),
        Kind::State(StateType::Fail) => format!("s{index}{{{{\"{caption}\"}}}}"),
        Kind::Missing => format!("s{index}>\"{caption}\"]"),
    }
}

fn caption(node: &Node) -> String {
    let mut caption = escape(&node.name);
    caption.push_str("<br/>");
    caption.push_str(node.kind.word());
    if !node.detail.is_empty() {
        caption.push_str(", ");
        caption.push_str(&escape(&node.detail));
    }
    caption
}

/// Letters, digits, spaces and plain punctuation as they are, everything else as Mermaid's
/// `#number;`.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in fit(text, MAX_LABEL).chars() {
        let plain = character.is_alphanumeric() || " _-.,:/$=()+!?'…".contains(character);
        if plain {
            out.push(character);
        } else {
            out.push_str(&format!("#{};", u32::from(character)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::graph::samples;

    #[test]
    fn the_lead_machine_as_a_flowchart() {
        expect![[r#"
            flowchart TD
              g0_start(("start"))
              g0_end((("end")))
              s0{"CheckLead<br/>Choice"}
              s1{{"InvalidLead<br/>Fail, Input.Invalid"}}
              subgraph s2["Prepare<br/>Parallel"]
                subgraph g1["branch 1"]
                  g1_start(("start"))
                  g1_end((("end")))
                  s7["CreateLead<br/>Task, lambda:invoke"]
                end
                subgraph g2["branch 2"]
                  g2_start(("start"))
                  g2_end((("end")))
                  s8["GenerateScenario<br/>Task, lambda:invoke"]
                  s9[/"UseTemplateScenario<br/>Pass"/]
                end
                subgraph g3["branch 3"]
                  g3_start(("start"))
                  g3_end((("end")))
                  s10[/"PrepareCallContext<br/>Pass"/]
                end
              end
              s3["StartCall<br/>Task, states:startExecution"]
              s4(("CallAlreadyStarted<br/>Succeed"))
              s5["ParkLead<br/>Task, dynamodb:putItem"]
              s6{{"LeadParked<br/>Fail, Lead.Parked"}}
              g0_start --> s0
              g1_start --> s7
              g2_start --> s8
              g3_start --> s10
              s0 -->|"$exists($states.input.lead.phone)"| s2
              s0 -->|"otherwise"| s1
              s2 --> s3
              s2 -.->|"Catch States.ALL"| s5
              s3 -.->|"Catch StepFunctions.ExecutionAlreadyExistsException"| s4
              s3 -.->|"Catch States.ALL"| s5
              s5 --> s6
              s8 -.->|"Catch States.ALL"| s9
              s3 --> g0_end
              s7 --> g1_end
              s8 --> g2_end
              s9 --> g2_end
              s10 --> g3_end
        "#]]
        .assert_eq(&render(&Graph::of(&samples::lead())));
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let drawing = render(&Graph::of(&samples::hostile()));
        for text in drawing.lines() {
            let quotes = text.matches('"').count();
            assert!(quotes == 0 || quotes == 2, "{text}");
            assert!(!text.contains("%%") && !text.contains('`') && !text.contains("<script"));
        }
        expect![[r##"
            flowchart TD
              g0_start(("start"))
              g0_end((("end")))
              s0{"end<br/>Choice"}
              s1[/"quote#34; --#62; x#91;<br/>Pass"/]
              s2[/"#60;script#62;alert(1)#60;/script#62;#38;amp#59;<br/>Pass"/]
              s3[/"back#92;slash #92;N<br/>Pass"/]
              s4[/"#35;35#59; #37;#37; #96;md#96; #59;<br/>Pass"/]
              s5[/"#92;u#123;1b#125;#91;31m#92;u#123;202e#125;電話 #128222;<br/>Pass"/]
              s6[/"#93;#93;#62;<br/>Pass"/]
              subgraph s7["subgraph#92;nend<br/>Map"]
                subgraph g1["each item"]
                  g1_start(("start"))
                  g1_end((("end")))
                  s8[/"class<br/>Pass"/]
                end
              end
              g0_start --> s0
              g1_start --> s8
              s0 -->|"$a = #34;x#34; #38; #96;y#96; #37;#37;"| s1
              s0 -->|"otherwise"| s7
              s1 --> s2
              s2 --> s3
              s3 --> s4
              s4 --> s5
              s5 --> s6
              s6 --> g0_end
              s7 --> g0_end
              s8 --> g1_end
        "##]]
        .assert_eq(&drawing);
    }
}
