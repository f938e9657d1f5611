//! Prints the live numbers of one queue of a simulated tenant.
//!
//! ```text
//! cargo run -p cxone --example queue_stats [QUEUE_ID]
//! ```

use std::{error::Error, sync::Arc};

use cxone::{
    BaseUrl, Dialect, ReportingV2Settings, Settings, budget::RequestBudget, clock::SystemClock,
};
use queuewall_simulator::{Options, Simulator};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tenant = Simulator::start(TcpListener::bind("127.0.0.1:0").await?, Options::default());
    let credentials = ReportingV2Settings {
        base_url: BaseUrl::parse(&tenant.base_url())?,
        client_id: "client".to_owned(),
        client_secret: "secret".into(),
        tenant_id: "tenant".to_owned(),
    };
    let settings = Settings::new(Dialect::ReportingV2(credentials), "queue-stats/1.0");
    let budget = Arc::new(RequestBudget::new(10));
    let client = cxone::connect(settings, budget, Arc::new(SystemClock))?;

    let first = || tenant.control().queue_ids()[0].clone();
    let id = std::env::args().nth(1).unwrap_or_else(first);
    for queue in client.read_queues(&[id], &[]).await?.queues {
        println!("{} ({})", queue.name.unwrap_or_default(), queue.id);
        println!("calls waiting: {:?}", queue.waiting);
        println!("average wait: {:?}", queue.average_wait);
        println!("agents available: {:?}", queue.agents_available);
        println!("service level: {:?} %", queue.service_level_percent);
    }
    Ok(())
}
