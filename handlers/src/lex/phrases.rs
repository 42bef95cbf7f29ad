//! What the bot says where no model has written anything: in English and Spanish.

/// One thing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phrase {
    Greeting,
    Technology,
    Demo,
    Fallback,
    AskFirstName,
    AskLastName,
    AskEmail,
    AskPhone,
    AskCompany,
    AskTopic,
    AskMayCall,
    Again,
    OnItsWay,
    WithoutCall,
    Declined,
    Failed,
    Goodbye,
    TellMeMore,
}

/// The phrase in the visitor's language, where we have it, else in English.
pub(crate) fn phrase(phrase: Phrase, locale: &str) -> &'static str {
    let (english, spanish) = both(phrase);
    if locale == "es" || locale.starts_with("es-") { spanish } else { english }
}

fn both(phrase: Phrase) -> (&'static str, &'static str) {
    match phrase {
        Phrase::Greeting => (
            "Hello! I can tell you about Atlas, or arrange a demo.",
            "¡Hola! Puedo contarle qué es Atlas o preparar una demostración.",
        ),
        Phrase::Technology => (
            "Atlas runs state machines of Amazon States Language on your own machine. Would you like a demo?",
            "Atlas ejecuta en su propia máquina las máquinas de estado de Amazon States Language. ¿Quiere una demostración?",
        ),
        Phrase::Demo => (
            "In a demo we call you and talk about what you want to build. Shall I arrange one?",
            "En la demostración le llamamos y hablamos de lo que quiere construir. ¿La preparo?",
        ),
        Phrase::Fallback => (
            "I did not get that. I can tell you about Atlas, or arrange a demo.",
            "No le he entendido. Puedo contarle qué es Atlas o preparar una demostración.",
        ),
        Phrase::AskFirstName => ("What is your first name?", "¿Cómo se llama?"),
        Phrase::AskLastName => ("And your last name?", "¿Y su apellido?"),
        Phrase::AskEmail => {
            ("What is your e-mail address?", "¿Cuál es su dirección de correo electrónico?")
        }
        Phrase::AskPhone => (
            "What number may we call? With the country code, please, like +14155550123.",
            "¿A qué número podemos llamar? Con el prefijo del país, como +14155550123.",
        ),
        Phrase::AskCompany => ("Which company are you with?", "¿En qué empresa trabaja?"),
        Phrase::AskTopic => ("What would you like to hear about?", "¿Sobre qué quiere saber más?"),
        Phrase::AskMayCall => ("May we call you now?", "¿Podemos llamarle ahora?"),
        Phrase::Again => ("I could not read that.", "No he podido leerlo."),
        Phrase::OnItsWay => (
            "Thank you! Your phone will ring in a moment.",
            "¡Gracias! Su teléfono sonará enseguida.",
        ),
        Phrase::WithoutCall => (
            "Thank you! We have your request and will not call.",
            "¡Gracias! Tenemos su solicitud y no le llamaremos.",
        ),
        Phrase::Declined => ("All right, nothing is arranged.", "De acuerdo, no preparo nada."),
        Phrase::Failed => (
            "I am sorry, that did not work. Please try again in a minute.",
            "Lo siento, no ha funcionado. Inténtelo de nuevo en un minuto.",
        ),
        Phrase::Goodbye => ("Thank you for your time. Goodbye!", "Gracias por su tiempo. ¡Adiós!"),
        Phrase::TellMeMore => (
            "I see. What else should we know for your demo?",
            "Entiendo. ¿Qué más debemos saber para su demostración?",
        ),
    }
}
