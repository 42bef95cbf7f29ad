//! What a call is about, as the model or the template has it.

use atlas_asl::builder::{shape, words};

shape! {
    /// What the voice says and wants.
    pub struct Scenario, ScenarioArguments {
        /// The first words.
        pub opening: String,
        /// What the call is to reach.
        pub objective: String,
        /// What to speak about, at most five.
        pub talking_points: Vec<String>,
        /// How it sounds.
        pub tone: Tone,
        /// The language of the texts, `en-US`.
        pub language: String,
    }
}

words! {
    /// How a call sounds.
    pub enum Tone {
        /// As among friends.
        Friendly = "friendly",
        /// As in business.
        Professional = "professional",
        /// With drive.
        Energetic = "energetic",
        /// Without haste.
        Calm = "calm",
    }
}

words! {
    /// Where a scenario comes from.
    pub enum Origin {
        /// The model wrote it for this topic and locale.
        Model = "model",
        /// The model wrote it before.
        Cache = "cache",
        /// Nobody wrote it: it is the one that always works.
        Template = "template",
    }
}
