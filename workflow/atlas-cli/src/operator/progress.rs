//! A bar on a terminal for what takes long; nothing where nobody looks.

use std::{borrow::Cow, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const REDRAWN_EACH: Duration = Duration::from_millis(100);

/// A bar that goes when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of so many.
    pub(crate) fn of(count: usize, what: impl Into<Cow<'static, str>>) -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
        Self::made(ProgressBar::new(count as u64), style, what)
    }

    /// Of nobody knows how many.
    pub(crate) fn open(what: impl Into<Cow<'static, str>>) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} {pos}");
        Self::made(ProgressBar::no_length(), style, what)
    }

    fn made(
        bar: ProgressBar,
        style: Result<ProgressStyle, indicatif::style::TemplateError>,
        what: impl Into<Cow<'static, str>>,
    ) -> Self {
        // indicatif draws on a terminal only.
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_style(style.expect("the template is well formed"));
        bar.set_message(what);
        bar.enable_steady_tick(REDRAWN_EACH);
        Self(bar)
    }

    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    pub(crate) fn at(&self, count: usize) {
        self.0.set_position(count as u64);
    }

    /// Says a line above the bar, or where it would be.
    pub(crate) fn say(&self, words: &str) {
        self.0.suspend(|| crate::failure::say(words));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
