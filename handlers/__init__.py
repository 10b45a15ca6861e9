"""
Use cases and chat handlers, one module per topic.

    registration, registration_chat    报备: submitting, and the conversation around it
    registration_outcome               what its approval offers and does
    duplicates                         查重
    approval, approval_decision        审批: asking and reminding; deciding on the card
    pool, protection                   公海 and 保护期: claiming, giving back, the clocks
    customer, follow_up, task          查客户, 跟进, 待办
    collaboration                      申请协作
    routes                             everything the bot answers to
    help, digest, housekeeping, demo   帮助, 日报, nightly tidying, the demo company
"""
