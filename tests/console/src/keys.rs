//! Keys, as WebDriver writes them.

/// A key that is no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// The space bar.
    Space,
    /// Down.
    ArrowDown,
    /// Up.
    ArrowUp,
    /// Right.
    ArrowRight,
    /// Left.
    ArrowLeft,
    /// To the end.
    End,
    /// To the beginning.
    Home,
}

impl Key {
    /// The character that stands for it.
    pub fn character(self) -> char {
        match self {
            Self::Enter => '\u{e007}',
            Self::Escape => '\u{e00c}',
            Self::Tab => '\u{e004}',
            Self::Space => '\u{e00d}',
            Self::ArrowDown => '\u{e015}',
            Self::ArrowUp => '\u{e013}',
            Self::ArrowRight => '\u{e014}',
            Self::ArrowLeft => '\u{e012}',
            Self::End => '\u{e010}',
            Self::Home => '\u{e011}',
        }
    }
}
