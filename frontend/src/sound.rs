//! A soft chime when a tile turns critical. Off unless asked for; browsers are mute
//! until someone presses a key.

use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::alarm::{Alarm, Sight};
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

/// Whether the wall can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SoundState {
    /// Not wanted.
    Off,
    /// Wanted, and the browser waits for a key or a click, or has no sound at all.
    Blocked,
    /// Wanted and possible.
    On,
}

/// One board's sound. A copy is the same sound; everything below the board finds it by
/// `use_context`.
#[derive(Clone, Copy)]
pub struct Sound {
    is_wanted: RwSignal<bool>,
    is_running: RwSignal<bool>,
    player: StoredValue<Option<Player>, LocalStorage>,
    alarm: StoredValue<Alarm>,
}

impl Sound {
    /// Sound for as long as the reactive owner lives, on or off to begin with; provided
    /// to everything below.
    #[must_use]
    pub fn provide(is_wanted: bool) -> Self {
        let sound = Self {
            is_wanted: RwSignal::new(false),
            is_running: RwSignal::new(false),
            player: StoredValue::new_local(None),
            alarm: StoredValue::new(Alarm::default()),
        };
        provide_context(sound);
        on_cleanup(move || {
            sound.player.try_update_value(Option::take);
        });
        if is_wanted {
            sound.toggle();
        }
        sound
    }

    /// Turns it on or off. Nothing is kept: the link decides at the next start.
    pub fn toggle(&self) {
        let is_wanted = !self.is_wanted.get_untracked();
        // What is critical at this moment is known to whoever turns it on.
        self.alarm.set_value(Alarm::default());
        self.player
            .set_value(is_wanted.then(|| Player::new(*self)).flatten());
        self.is_wanted.set(is_wanted);
    }

    /// Whether the wall can be heard.
    #[must_use]
    pub fn state(&self) -> SoundState {
        match (self.is_wanted.get(), self.is_running.get()) {
            (false, _) => SoundState::Off,
            (true, false) => SoundState::Blocked,
            (true, true) => SoundState::On,
        }
    }

    /// Listens for tiles that turn critical, for as long as the reactive owner lives.
    /// `queues` tells of each what it shows, and is asked only while sound is wanted.
    pub fn listen(
        self,
        now: impl Fn() -> Duration + 'static,
        queues: impl Fn() -> Vec<(String, Sight)> + 'static,
    ) {
        Effect::new(move || {
            if !self.is_wanted.get() {
                return;
            }
            let (now, queues) = (now(), queues());
            let seen = queues.iter().map(|(id, sight)| (id.as_str(), *sight));
            if self.alarm.try_update_value(|alarm| alarm.look(now, seen)) == Some(true) {
                self.player.try_update_value(|player| {
                    player.as_mut().and_then(|player| player.chime().ok())
                });
            }
        });
    }
}

/// The browser's sound. Dropping it closes it.
struct Player {
    context: AudioContext,
    volume: GainNode,
    /// The latest chime, which stays tied to the volume until the next: so there is
    /// never more than one node beside it, however many weeks the page runs.
    voice: Option<OscillatorNode>,
    _listeners: Vec<Listener>,
}

impl Player {
    /// `None` where the browser has no sound.
    fn new(sound: Sound) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let volume = context.create_gain().ok()?;
        volume
            .connect_with_audio_node(&context.destination())
            .ok()?;
        let look = {
            let context = context.clone();
            move || {
                let is_running = context.state() == AudioContextState::Running;
                if sound.is_running.try_get_untracked() == Some(!is_running) {
                    sound.is_running.set(is_running);
                }
            }
        };
        look();
        let wake = || {
            let context = context.clone();
            move || {
                if context.state() != AudioContextState::Running {
                    // Its outcome is a change of state.
                    let _ = context.resume();
                }
            }
        };
        // A remote's OK is a key.
        let listeners = [
            Listener::new(context.clone().into(), "statechange", look),
            Listener::new(window().into(), "keydown", wake()),
            Listener::new(window().into(), "click", wake()),
        ];
        wake()();
        Some(Self {
            context,
            volume,
            voice: None,
            _listeners: listeners.into_iter().flatten().collect(),
        })
    }

    fn chime(&mut self) -> Result<(), wasm_bindgen::JsValue> {
        self.hush();
        // Scheduled while it is blocked, it would sound when it is no news any more.
        if self.context.state() != AudioContextState::Running {
            return Ok(());
        }
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
        self.voice = Some(voice);
        Ok(())
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
