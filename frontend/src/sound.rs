//! A soft chime when a tile turns critical. Off unless asked for; browsers are mute
//! until someone presses a key.

use std::rc::Rc;

use leptos::prelude::window;
pub use queuewall_shared::report::SoundState;
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioContextState, AudioNode, GainNode, OscillatorNode};

use crate::listener::Listener;

/// Pitch of each note in Hz: a rising major chord.
const NOTES: [f32; 3] = [523.25, 659.25, 783.99];
/// From one note to the next.
const STEP_SECONDS: f64 = 0.16;
/// Loudness of a note at its beginning, 0 to 1.
const LOUDNESS: f32 = 0.35;
/// Loudness of a note when the next begins.
const FADED: f32 = 0.1;
/// As good as silent. Not 0, which no exponential ramp reaches.
const SILENCE: f32 = 0.0001;
/// How long a note takes to rise, so that it does not click.
const RISE_SECONDS: f64 = 0.02;
/// How long the chime lasts.
const CHIME_SECONDS: f64 = 1.4;

/// The browser's sound. Dropping it closes it.
pub struct Player {
    context: AudioContext,
    volume: GainNode,
    /// The latest chime, which stays tied to the volume until the next: so there is
    /// never more than one node beside it, however many weeks the page runs.
    voice: Option<OscillatorNode>,
    _listeners: [Option<Listener>; 3],
}

impl Player {
    /// Calls `tell` whenever the state may have changed, and once at the beginning.
    /// `None` where the browser has no sound.
    #[must_use]
    pub fn new(tell: impl Fn(SoundState) + 'static) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let volume = context.create_gain().ok()?;
        volume
            .connect_with_audio_node(&context.destination())
            .ok()?;
        let look: Rc<dyn Fn()> = {
            let context = context.clone();
            Rc::new(move || {
                tell(match context.state() {
                    AudioContextState::Running => SoundState::On,
                    _ => SoundState::Blocked,
                });
            })
        };
        let wake: Rc<dyn Fn()> = {
            let context = context.clone();
            Rc::new(move || {
                if context.state() != AudioContextState::Running {
                    // Its outcome is a change of state.
                    let _ = context.resume();
                }
            })
        };
        look();
        wake();
        let on = |target, event, act: &Rc<dyn Fn()>| {
            let act = Rc::clone(act);
            Listener::new(target, event, move || act())
        };
        // A remote's OK is a key.
        let listeners = [
            on(context.clone().into(), "statechange", &look),
            on(window().into(), "keydown", &wake),
            on(window().into(), "click", &wake),
        ];
        Some(Self {
            context,
            volume,
            voice: None,
            _listeners: listeners,
        })
    }

    /// Sounds, unless the browser blocks it: what could be heard only later would be no
    /// news any more.
    pub fn chime(&mut self) {
        self.hush();
        if self.context.state() == AudioContextState::Running {
            self.voice = self.sound().ok();
        }
    }

    fn sound(&self) -> Result<OscillatorNode, JsValue> {
        let (start, loudness) = (self.context.current_time(), self.volume.gain());
        let voice = self.context.create_oscillator()?;
        voice.connect_with_audio_node(&self.volume)?;
        loudness.cancel_scheduled_values(start)?;
        loudness.set_value_at_time(SILENCE, start)?;
        let mut at = start;
        for pitch in NOTES {
            voice.frequency().set_value_at_time(pitch, at)?;
            loudness.linear_ramp_to_value_at_time(LOUDNESS, at + RISE_SECONDS)?;
            at += STEP_SECONDS;
            loudness.exponential_ramp_to_value_at_time(FADED, at)?;
        }
        loudness.exponential_ramp_to_value_at_time(SILENCE, start + CHIME_SECONDS)?;
        voice.start()?;
        voice.stop_with_when(start + CHIME_SECONDS)?;
        Ok(voice)
    }

    fn hush(&mut self) {
        if let Some(voice) = self.voice.take() {
            // Neither can fail for a voice that was started and tied.
            let _ = voice.stop();
            let _ = AudioNode::disconnect(&voice);
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.hush();
        let _ = self.context.close();
    }
}
