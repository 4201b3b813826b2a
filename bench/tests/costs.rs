//! docs/costs.md says what is so.

#[test]
fn the_document_has_the_costs_as_they_are() {
    let document = include_str!("../../docs/costs.md");
    for table in [
        fairlead_bench::costs::table(),
        fairlead_bench::audience_costs::table(),
    ] {
        assert!(
            document.contains(&table),
            "docs/costs.md has to have this table:\n{table}"
        );
    }
}
