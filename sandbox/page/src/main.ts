import { createApp, defineAsyncComponent } from 'vue'

import App from './App.vue'
import { createSandbox, SANDBOX } from './state/sandbox'
import './styles/base.css'
import './styles/dingtalk.css'
import './styles/feishu.css'
import './styles/wecom.css'

const CardGallery = defineAsyncComponent(() => import('./gallery/CardGallery.vue'))

createApp(window.location.hash === '#gallery' ? CardGallery : App).provide(SANDBOX, createSandbox()).mount('#app')
