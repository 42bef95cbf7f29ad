//! The fields of a Lead: what may be written, and how long it may be.

/// Standard text fields and their lengths (Object Reference for the Salesforce Platform, Lead).
pub(super) const TEXT: [(&str, usize); 22] = [
    ("City", 40),
    ("Company", 255),
    ("Country", 80),
    ("Description", 32_000),
    ("Email", 80),
    ("Fax", 40),
    ("FirstName", 40),
    ("Industry", 255),
    ("LastName", 80),
    ("LeadSource", 255),
    ("MiddleName", 40),
    ("MobilePhone", 40),
    ("OwnerId", 18),
    ("Phone", 40),
    ("PostalCode", 20),
    ("Rating", 255),
    ("Salutation", 40),
    ("State", 80),
    ("Status", 255),
    ("Street", 255),
    ("Title", 128),
    ("Website", 255),
];

/// The field by which we know a lead: external id, unique, case-sensitive.
pub(super) const EXTERNAL_ID: (&str, usize) = ("Interaction_Key__c", 64);

/// Fields that must be there when a lead is created.
pub(super) const REQUIRED: [&str; 2] = ["LastName", "Company"];

/// Fields that are true or false.
pub(super) const CHECKBOXES: [&str; 3] = ["DoNotCall", "HasOptedOutOfEmail", "IsUnreadByOwner"];

/// Whether Salesforce would take this for an address.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "@<>(),;:\\\"".contains(c))
    };
    plain(local)
        && plain(domain)
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}
