//! Places in markup whose words change, each written only when its words do.
//!
//! In a view every closure becomes about a KB of code, and each of a tile's fifty is woken
//! by itself. Here a component is markup, and one effect fills its slots.

use std::any::Any;

use leptos::prelude::{Effect, LocalStorage, Owner, StoredValue, document, untrack};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTemplateElement, Node};

/// What of an element a slot is.
#[derive(Clone, Copy)]
pub enum Part {
    /// The text within it.
    Text,
    /// The text before it.
    Before,
    /// The text after it.
    After,
    /// An attribute, which is not there while it is empty.
    Attribute(&'static str),
    /// A property of its style.
    Style(&'static str),
}

/// Slots of a component, by their place in its table.
pub struct Slots(Vec<Slot>);

struct Slot {
    node: Node,
    part: Part,
    shown: String,
}

impl Slots {
    /// The slots within `root`; `root` itself where the selector is empty.
    #[must_use]
    pub fn find(root: &Element, table: &[(&str, Part)]) -> Self {
        let slot = |(selector, part): &(&str, Part)| {
            let element = match *selector {
                "" => None,
                selector => root.query_selector(selector).ok().flatten(),
            };
            Slot::new(element.unwrap_or_else(|| root.clone()), *part)
        };
        Self(table.iter().map(slot).collect())
    }

    /// Shows values, in the order of the table.
    pub fn show(&mut self, values: &[&str]) {
        for (slot, value) in self.0.iter_mut().zip(values) {
            if slot.shown != *value {
                slot.write(value);
            }
        }
    }
}

impl Slot {
    fn new(element: Element, part: Part) -> Self {
        let text = || -> Node { document().create_text_node("").into() };
        let node = match part {
            Part::Attribute(_) | Part::Style(_) => element.into(),
            Part::Text => {
                let text = text();
                // Only a node's own ancestor is refused, here and below.
                let _ = element.append_child(&text);
                text
            }
            Part::Before | Part::After => {
                let text = text();
                let next = match part {
                    Part::Before => Some(element.clone().into()),
                    _ => element.next_sibling(),
                };
                let parent = element.parent_node();
                let _ = parent.map(|parent| parent.insert_before(&text, next.as_ref()));
                text
            }
        };
        Self {
            node,
            part,
            shown: String::new(),
        }
    }

    fn write(&mut self, value: &str) {
        value.clone_into(&mut self.shown);
        let element = self.node.dyn_ref::<HtmlElement>();
        match self.part {
            Part::Text | Part::Before | Part::After => self.node.set_node_value(Some(value)),
            Part::Attribute(name) => {
                let element: &Element = self.node.unchecked_ref();
                // Neither name can be refused.
                let _ = match value {
                    "" => element.remove_attribute(name),
                    value => element.set_attribute(name, value),
                };
            }
            Part::Style(name) => {
                let _ = element.map(|element| element.style().set_property(name, value));
            }
        }
    }
}

/// Calls `act` now, and whenever a signal changes that it read.
pub fn follow(act: impl FnMut() + 'static) {
    follow_boxed(Box::new(act));
}

/// One type for all: each effect of another type takes 3 KB.
fn follow_boxed(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| act());
}

/// Keeps what is only there to be dropped, for as long as the reactive owner lives that this
/// is called under. One type for all: each other takes 0.5 KB.
pub fn keep(value: Box<dyn Any>) {
    StoredValue::<_, LocalStorage>::new_local(value);
}

/// An owner of what is made later than the component that this is called in. A child: an
/// effect that held its own owner would keep it for ever.
pub fn owner() -> Owner {
    Owner::current().map_or_else(Owner::new, |owner| owner.child())
}

/// Elements that come and go together with the effects that fill them.
pub struct Content {
    owner: Owner,
    elements: Vec<Element>,
}

impl Content {
    /// Puts `markup` into `root`, before `before`. What `fill` keeps there ends with it.
    #[must_use]
    pub fn new(
        parent: &Owner,
        root: &Element,
        before: Option<&Element>,
        markup: &str,
        fill: impl FnOnce(),
    ) -> Self {
        let elements = elements(markup);
        for element in &elements {
            let _ = root.insert_before(element, before.map(AsRef::as_ref));
        }
        let owner = parent.child();
        owner.with(|| untrack(fill));
        Self { owner, elements }
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        self.owner.cleanup();
        for element in &self.elements {
            element.remove();
        }
    }
}

/// The element that pieces of markup describe.
///
/// # Panics
/// Where they describe none: see [`elements`].
#[must_use]
pub fn element(pieces: &[&str]) -> Element {
    let mut elements = elements(&pieces.concat());
    elements.pop().expect("markup has an element")
}

/// The elements that `markup` describes.
///
/// # Panics
/// Where the browser makes none: the page then restarts, which a blank one would not.
#[must_use]
pub fn elements(markup: &str) -> Vec<Element> {
    let template = document()
        .create_element("template")
        .expect("the browser makes elements");
    template.set_inner_html(markup);
    let template: HtmlTemplateElement = template.unchecked_into();
    let children = template.content().children();
    (0..children.length())
        .filter_map(|place| children.item(place))
        .collect()
}
